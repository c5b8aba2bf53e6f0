package main

func incrementCases() []benchCase { return nil }
func readCases() []benchCase { return nil }
func manyCases() []benchCase { return nil }
func memoryCases() []benchCase { return nil }
