// Prints, for each context of the JSON list on standard input, the paths that BuildKit's own client sends of it; or its
// error. A path that ends with a slash is an empty folder.
package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"

	_ "github.com/moby/buildkit/client" // the version that these are taken from
)

type question struct {
	Ignore string   `json:"ignore"`
	Paths  []string `json:"paths"`
}

type answer struct {
	Error string   `json:"error"`
	Sent  []string `json:"sent"`
}

func write(folder string, paths []string) error {
	for _, path := range paths {
		at := filepath.Join(folder, path)
		if strings.HasSuffix(path, "/") {
			if err := os.MkdirAll(at, 0o755); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, nil, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func sent(folder, ignore string) (paths []string, err error) {
	patterns, err := ignorefile.ReadAll(strings.NewReader(ignore))
	if err != nil {
		return nil, err
	}
	whole, err := fsutil.NewFS(folder)
	if err != nil {
		return nil, err
	}
	filtered, err := fsutil.NewFilterFS(whole, &fsutil.FilterOpt{ExcludePatterns: patterns})
	if err != nil {
		return nil, err
	}
	err = filtered.Walk(context.Background(), "", func(path string, _ fs.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	})
	return paths, err
}

func answerTo(asked question) answer {
	folder, err := os.MkdirTemp("", "context")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	if err := write(folder, asked.Paths); err != nil {
		log.Fatal(err)
	}
	paths, err := sent(folder, asked.Ignore)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Sent: paths}
}

func main() {
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		log.Fatal(err)
	}
	answers := make([]answer, len(questions))
	for number, asked := range questions {
		answers[number] = answerTo(asked)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		log.Fatal(err)
	}
}
