package spark

// Defined is what package define's tests ask of the dialect.
var Defined = defined
