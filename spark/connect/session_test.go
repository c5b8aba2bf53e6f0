package connect_test

import (
	"smew/spark"
	"smew/spark/connect"
)

var _ spark.Session = (*connect.Session)(nil)
