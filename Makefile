# Go, gcc (with g++) and make build and try everything; tests also take Python 3 with venv and, on Spark, Java 17. Modules are
# fetched as they are needed.
SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

FUZZTIME ?= 10m
BENCH    ?=

# Packages whose tests take longest: they begin first, so that none of them is left alone in the end.
LONG := ./cmd/smew ./loader ./export ./duck ./produce ./verify

# Packages in which goroutines meet; and, of packages whose tests mostly have DuckDB at work, the tests in which they do.
RACE := ./alert ./stage ./bucket/... ./poll ./web
MEETING := ./duck ./loader ./produce
MEET := TestErrorsAreTyped TestPanicWhileDecoding TestErrorOfTheStatement TestCancelledInsert TestFirstErrorIsTold TestPartsAndThreads \
	TestRandomTables TestVerdict TestCopyOut TestCopyOutFails TestCopyOutIsGivenUp TestCreateTogether TestWait TestSelectEnds \
	TestWorlds TestScenarios TestEveryBucketOperationFails TestS3Mishaps TestCancelledRun TestBatchSizes TestReloadWorlds \
	TestWorkers TestCancelled TestEveryFailure TestAnotherProducerWins TestLateCancelled
space := $(subst ,, )

# Tests that need a Spark cluster. One serves all of them, in turn: each that is started costs half a minute.
ON_SPARK := ^TestSpark$$
BESIDE_SPARK := go run ./spark/sparktest/local -tests .ci/gotest -timeout 90m -run '$(ON_SPARK)' ./spark ./spark/connect ./spark/submit ./cmd/smew

S3_SERVER := .tools/versitygw
NOTEBOOK := .tools/notebook/installed
READERS := .tools/readers/made
SPARK := .tools/spark/installed
AWS := .tools/aws/made
SITE := .tools/site/made
LINTER := .tools/golangci-lint-v2.15.0
VULNCHECK := .tools/govulncheck-v1.8.0
NFPM := .tools/nfpm-v2.45.2
SBOM := .tools/cyclonedx-gomod-v1.10.0

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

.PHONY: build
build: ## build bin/smew
	go build -o bin/smew ./cmd/smew

.PHONY: demo
demo: build ## write a small feed, load it into demo/demo.duckdb and show what came out
	@PATH="$$PWD/bin:$$PATH" smew demo demo
	@echo "(smew is in bin/)"

.PHONY: test
test: ready lint ## run all tests, the real S3 server and the race detector included
	.ci/gotest -timeout 40m -skip '$(ON_SPARK)' $(LONG) ./...
	$(BESIDE_SPARK)
	cd bench && ../.ci/gotest ./...
	.ci/gotest -race -timeout 40m $(RACE)
	SMEW_TEST_WORLDS=1 SMEW_TEST_STEPS=1 SMEW_TEST_SCENARIOS=1 .ci/gotest -race -run '^($(subst $(space),|,$(strip $(MEET))))$$' -timeout 40m $(MEETING)

.PHONY: race
race: tools ## run all tests under the race detector
	.ci/gotest -race -timeout 60m ./...

.PHONY: soak
soak: tools ## run the random worlds, the kills and all steps of the fault tests (hours)
	SMEW_TEST_WORLDS=200 SMEW_TEST_KILLS=100 SMEW_TEST_STEPS=all SMEW_TEST_SCENARIOS=100 SMEW_TEST_LIVE=10m .ci/gotest -count 1 -timeout 12h ./loader/... ./export ./verify ./duck ./cmd/...

# Shortening what is new to the fuzzer, for up to a minute each, would take most of the time.
.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (10m)
	@grep -roE --include='*_test.go' '^func Fuzz\w+' */ | while IFS=: read -r file target; do \
		package=./$$(dirname "$$file") target=$${target#func }; \
		echo "$$package $$target"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 50x "$$package" </dev/null; \
	done

.PHONY: damage
damage: ## read damaged parts with smew, DuckDB's read_avro and fastavro, and write docs/damage.md
	python3 -m venv .tools/damage
	.tools/damage/bin/pip install --quiet --requirement bench/peers/damage.txt
	rm -rf bench/data/damage
	SMEW_TEST_DAMAGE=$(CURDIR)/bench/data/damage go test -count 1 -run TestDamageTable ./cmd/smew -update
	.tools/damage/bin/python bench/peers/damage.py bench/data/damage >testdata/damage/peers.txt
	go test -count 1 -run TestDamageTable ./cmd/smew -update

.PHONY: bench
bench: ## measure smew beside others, in pairs; BENCH="-run parts -scale 0.01" for less (bench/README.md)
	cd bench && go run . $(BENCH)

# The pages as they lie here, so that links lead to what is beside docs/ too. mkdocs does not know the names of files behind ```yaml.
.PHONY: site
site: $(SITE) ## build docs/ into site/, and check its links
	rm -rf .tools/pages site && mkdir -p .tools/pages
	cp -r --parents docs examples/README.md bench/README.md web/openapi.yaml *.md LICENSE .tools/pages/
	sed -i -E 's/^( *```[a-z]+) [^ ]+$$/\1/' $$(find .tools/pages -name '*.md')
	.tools/site/bin/mkdocs build --quiet --strict --config-file packaging/site/mkdocs.yml --site-dir "$$PWD/site"
	@echo "site/index.html"

$(SITE): packaging/site/requirements.txt
	python3 -m venv .tools/site
	.tools/site/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.PHONY: rules
rules: ## list the rules of docs/rules.md, each with the tests that are named after it
	@go test -count 1 -v -run '^TestEveryRuleHasATest$$' . | sed -n 's/^ *rules_test.go:[0-9]*: //p'

.PHONY: microbench
microbench: ## measure decoding, inserting and producing alone
	go test -run '^$$' -bench . -benchmem ./avro ./duck ./produce

.PHONY: lint
lint: $(LINTER) $(VULNCHECK) ## check formatting, linters, vet among them (.golangci.yml), known vulnerabilities
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
		if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi
	cd bench && go vet ./...
	$(LINTER) run --timeout 30m ./...
	.ci/vulncheck $(VULNCHECK)

# Programs of their own, whose many dependencies are pinned by their version. The linter takes two minutes to build.
$(LINTER):
	GOBIN="$$PWD/.tools" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	@mv .tools/golangci-lint $@

$(VULNCHECK):
	GOBIN="$$PWD/.tools" go install golang.org/x/vuln/cmd/govulncheck@v1.8.0
	@mv .tools/govulncheck $@

# Side by side: half of the time is a network's.
.PHONY: ready
ready:
	@$(MAKE) --no-print-directory --jobs 3 $(LINTER) $(VULNCHECK) tools

.PHONY: tools
tools: $(S3_SERVER) browser $(NOTEBOOK) $(READERS) $(AWS) spark-tools ## build the pinned S3 server that the tests run, and install the browser, the Python packages and the Spark they use

# Programs that read what smew exports.
$(READERS): export/testdata/readers.txt
	python3 -m venv .tools/readers
	.tools/readers/bin/pip install --quiet --requirement export/testdata/readers.txt
	@touch $(READERS)

# Without Java nothing is installed, and the tests of Spark are skipped.
.PHONY: spark-tools
spark-tools: $(SPARK) ## install the pinned Spark with Iceberg into .tools/spark (needs Java 17)

$(SPARK): .ci/sparktools spark/sparktest/requirements.txt spark/sparktest/jars.xml
	@nice .ci/sparktools

# A stand-in for the parts of AWS that the S3 server is not.
$(AWS): spark/submit/testdata/requirements.txt
	python3 -m venv .tools/aws
	.tools/aws/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $(AWS)

.PHONY: spark
spark: build spark-tools ## start a small Spark cluster, load the demo feed on it and compare with DuckDB (needs Java 17)
	@if [ -e $(SPARK) ]; then go run ./spark/sparktest/local .ci/sparkdemo; fi

.PHONY: spark-short
spark-short: ## run those tests on Spark that make test runs: each day others (needs Java 17)
	@$(MAKE) --no-print-directory --jobs 3 $(S3_SERVER) spark-tools spark-compiled
	$(BESIDE_SPARK)

# What those tests are made of is compiled while Spark is on its way.
.PHONY: spark-compiled
spark-compiled:
	@go vet ./spark/... ./cmd/smew

.PHONY: spark-test
spark-test: $(S3_SERVER) $(AWS) spark-tools ## run all tests of Spark, on a real cluster (needs Java 17; half an hour)
	.ci/gotest -skip '$(ON_SPARK)' ./spark/...
	SMEW_TEST_STEPS=all $(BESIDE_SPARK)

.PHONY: spark-soak
spark-soak: $(S3_SERVER) spark-tools ## load random feeds on a Spark cluster while connections are cut, executors, drivers and loaders killed (an hour)
	SMEW_TEST_STEPS=all SMEW_TEST_SPARK_WORLDS=5 .ci/gotest -count 1 -timeout 12h -run '$(ON_SPARK)' ./spark

# With the compilers that a cluster for work has.
.PHONY: spark-cost
spark-cost: build spark-tools ## measure what a dump costs on a small Spark cluster (docs/spark.md); takes long
	@go run ./spark/sparktest/local -conf spark.executor.extraJavaOptions=-XX:+UseSerialGC -conf spark.driver.extraJavaOptions=-XX:+UseSerialGC -conf spark.sql.shuffle.partitions=16 \
		.ci/sparkcost $(or $(EVENTS),80000 800000 4000000)

# The browser is the system's: it is installed where there is none, apt has one, and we may.
.PHONY: browser
browser:
	@for name in $${SMEW_TEST_BROWSER:-} chromium chromium-browser google-chrome google-chrome-stable; do \
		if command -v "$$name" >/dev/null; then exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	else echo "there is no chromium: the tests of the page are skipped (SMEW_TEST_BROWSER names one)"; fi

# Python's DuckDB, for the notebook in docs/notebook: where pip reaches no index, its test is skipped, and says so.
$(NOTEBOOK): docs/notebook/requirements.txt
	@python3 -m venv .tools/notebook && .tools/notebook/bin/pip install --quiet --disable-pip-version-check --requirement $< && touch $@ || \
		echo "pip cannot install $$(cat $<): the test of the notebook is skipped (SMEW_TEST_PYTHON names a Python that has it)"

.PHONY: assets
assets: ## build what the page takes of others, with npm: web/assets/vendor
	cd web/editor && npm ci --ignore-scripts --no-audit --no-fund && npm run build
	cp web/editor/node_modules/htmx.org/dist/htmx.min.js web/editor/node_modules/uplot/dist/uPlot.iife.min.js \
		web/editor/node_modules/uplot/dist/uPlot.min.css web/assets/vendor/

.PHONY: protocol
protocol: ## generate spark/connect/sparkpb from its .proto, by pinned generators
	python3 -m venv .tools/protocol
	.tools/protocol/bin/pip install --quiet --disable-pip-version-check --requirement spark/connect/sparkpb/requirements.txt
	GOBIN="$$PWD/.tools/protocol/bin" go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12
	GOBIN="$$PWD/.tools/protocol/bin" go install google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2
	PATH="$$PWD/.tools/protocol/bin:$$PATH" .tools/protocol/bin/python -m grpc_tools.protoc --proto_path=. \
		--go_out=. --go_opt=module=smew --go-grpc_out=. --go-grpc_opt=module=smew spark/connect/sparkpb/sparkpb.proto

.PHONY: shown
shown: tools ## write anew what docs/ shows of programs, docs/reference and the lists of exported names
	go test -count 1 -run 'TestDocs$$|TestAnalysisPage$$|TestNotebook$$|TestReference' ./cmd/smew -update
	go test -count 1 -run 'TestReferenceMetrics$$' ./web -update
	go test -count 1 -run 'TestFaces$$' . -update

.PHONY: pictures
pictures: browser ## take the pictures of the page in docs/
	SMEW_TEST_PICTURES=1 go test -count 1 -run 'TestPage$$' ./cmd/smew

$(S3_SERVER): tools/go.mod tools/go.sum
	cd tools && go build -o ../$(S3_SERVER) github.com/versity/versitygw/cmd/versitygw
	@touch $(S3_SERVER)

.PHONY: dist
dist: $(NFPM) $(SBOM) ## make what is released, in dist/: program, man pages, completions, .deb, SBOM, checksums
	NFPM=$(CURDIR)/$(NFPM) SBOM=$(CURDIR)/$(SBOM) packaging/dist

$(NFPM):
	GOBIN="$$PWD/.tools" go install github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2
	@mv .tools/nfpm $@

$(SBOM):
	GOBIN="$$PWD/.tools" go install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
	@mv .tools/cyclonedx-gomod $@

.PHONY: clean
clean: ## remove what was built and the demo
	rm -rf bin .tools demo site dist bench/data
