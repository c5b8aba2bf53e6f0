package faultproxy

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
)

// Always does the same to every request of those that which takes; nil takes all.
func Always(f Fault, which func(*http.Request) bool) Plan {
	return func(_ int, r *http.Request) Fault {
		if which == nil || which(r) {
			return f
		}
		return Fault{}
	}
}

// Burst does the same to so many requests in a row, the first of them being from.
func Burst(from, many int, f Fault) Plan {
	return func(n int, _ *http.Request) Fault {
		if n >= from && n < from+many {
			return f
		}
		return Fault{}
	}
}

// First does it to the first request for each path and query that which takes; nil takes all. So each is
// served when it is asked again, from where on it may be.
func First(f Fault, which func(*http.Request) bool) Plan {
	var seen []string
	return func(_ int, r *http.Request) Fault {
		if name := r.Method + " " + r.URL.String(); (which == nil || which(r)) && !slices.Contains(seen, name) {
			seen = append(seen, name)
			return f
		}
		return Fault{}
	}
}

// Random does one of the faults to a share of all requests; one seed gives one sequence.
func Random(seed uint64, share float64, faults ...Fault) Plan {
	rng := rand.New(rand.NewPCG(seed, 1))
	return func(int, *http.Request) Fault {
		if rng.Float64() >= share {
			return Fault{}
		}
		return faults[rng.IntN(len(faults))]
	}
}

// Objects are requests that read an object, in a bucket named by the path, whose key ends so.
func Objects(ending string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		return r.Method == http.MethodGet && strings.Count(r.URL.Path, "/") > 1 && strings.HasSuffix(r.URL.Path, ending)
	}
}
