# The commands of this project. README.md names the two that matter.

.PHONY: run test setup quick fuzz bench crash vendor-js crash race lint screenshots content vuln

run:            ## the site on http://127.0.0.1:8080
	go run ./cmd/hisn serve

test:           ## installs what the tests need (Debian packages), then runs them all
	./.ci/setup
	./.ci/test

quick:          ## the tests that need nothing installed
	go test $$(go list ./... | grep -v /e2e)

race:           ## the same with the race detector
	go test -race $$(go list ./... | grep -v /e2e)

fuzz:           ## every fuzz test for half a minute
	go test ./locales -run '^$$' -fuzz FuzzMatch -fuzztime 30s -fuzzminimizetime 10x
	go test ./content -run '^$$' -fuzz FuzzLoad_fix -fuzztime 30s -fuzzminimizetime 10x
	go test ./content/markdown -run '^$$' -fuzz FuzzRender -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/checkup -run '^$$' -fuzz FuzzDecode -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/family -run '^$$' -fuzz FuzzClean -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/rehearsal -run '^$$' -fuzz FuzzTry -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/web -run '^$$' -fuzz FuzzForm -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/report -run '^$$' -fuzz FuzzParseRing -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/web/desk -run '^$$' -fuzz FuzzBodies -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/officer -run '^$$' -fuzz FuzzParsePHC -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/officer -run '^$$' -fuzz FuzzCheckPassword -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/officer -run '^$$' -fuzz FuzzDeviceMark -fuzztime 30s -fuzzminimizetime 10x
	for f in FuzzParseFrame FuzzDecode FuzzParseSecret FuzzCheckBody; do go test ./server/seal -run '^$$' -fuzz "^$$f\$$" -fuzztime 30s -fuzzminimizetime 10x || exit 1; done
	go test ./server/desks -run '^$$' -fuzz FuzzParse -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/share -run '^$$' -fuzz FuzzJoin -fuzztime 30s -fuzzminimizetime 10x
	go test ./server/casework -run '^$$' -fuzz FuzzShown -fuzztime 30s -fuzzminimizetime 10x

bench:          ## allocations, start and memory; durable reports a second
	go test ./server ./content ./server/checkup -run '^$$' -bench . -benchmem
	go test ./server/store -run '^$$' -bench Drops -benchtime 3s

crash:          ## kills a server 60 times under 200 phones, for each database
	HISN_TEST_CRASH_CYCLES=60 go test ./server/store -count=1 -run TestCrash -v

lint:           ## formatting and vet
	test -z "$$(gofmt -l .)"
	go vet ./...

content:        ## what is missing, stale or unread in the content
	go run ./cmd/hisn content check content
	go run ./cmd/hisn content status content

screenshots:    ## pictures of the pages, into .cache/shots, and those of the README
	mkdir -p .cache/shots .github/pictures
	go test ./server/e2e -count=1 -run TestShots -shots "$$(pwd)/.cache/shots" -timeout 30m
	mv .cache/shots/readme-*.png .github/pictures/
	cd .github/pictures && for f in readme-*.png; do mv "$$f" "$${f#readme-}"; done

vendor-js:      ## bundles the browser's cryptography anew; it must come out as recorded
	static/build/build.sh

vuln:           ## known vulnerabilities; says so when the database cannot be had
	@command -v govulncheck >/dev/null && govulncheck ./... || echo "govulncheck: not run"
