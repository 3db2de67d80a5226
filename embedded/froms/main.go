// Prints, for each Dockerfile of the JSON list on standard input, what BuildKit's own front end makes of it: the images
// that it asks registries for, and the one that the last stage is made FROM.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"slices"
	"sync"

	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/opencontainers/go-digest"
)

const baseLabel = "base-of-the-tests"

type question struct {
	Text string            `json:"text"`
	Args map[string]string `json:"args"`
}

type answer struct {
	Error  string   `json:"error"`
	Images []string `json:"images"`
	Base   string   `json:"base"`
}

// resolver has every image, with its name in a label, and keeps the names.
type resolver struct {
	mutex sync.Mutex
	asked []string
}

func (r *resolver) ResolveImageConfig(_ context.Context, name string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.asked = append(r.asked, name)
	labels := map[string]any{"Labels": map[string]string{baseLabel: name}}
	config, err := json.Marshal(map[string]any{"architecture": "amd64", "os": "linux", "config": labels})
	return name, digest.FromBytes(config), config, err
}

func answerTo(asked question) (found answer) {
	defer func() {
		if mistake := recover(); mistake != nil {
			found = answer{Error: fmt.Sprint(mistake)}
		}
	}()
	images := &resolver{}
	options := dockerfile2llb.ConvertOpt{MetaResolver: images, AllStages: true}
	options.Config = dockerui.Config{BuildArgs: asked.Args}
	result, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(asked.Text), options)
	if err != nil {
		return answer{Error: err.Error()}
	}
	slices.Sort(images.asked)
	return answer{Images: slices.Compact(images.asked), Base: result.Image.Config.Labels[baseLabel]}
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
