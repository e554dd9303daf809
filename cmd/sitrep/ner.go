package main

import (
	"encoding/json"
	"fmt"
	"os"

	"sitrep/summarize/extractive"
	"sitrep/summarize/ner"
)

type evalCmd struct {
	NER evalNERCmd `cmd:"" name:"ner" help:"Entity F1 of the tagger on CoNLL-format files."`
}

type evalNERCmd struct {
	Data []string `help:"Token and tag by a tab, a blank line after each sentence." required:"" type:"existingfile" placeholder:"FILE"`
	JSON bool     `help:"Print JSON." name:"json"`
}

type trainCmd struct {
	NER          trainNERCmd          `cmd:"" name:"ner" help:"Train the entity tagger. The same data gives the same file."`
	Developments trainDevelopmentsCmd `cmd:"" name:"developments" help:"Train the choice of developments. The same data gives the same file."`
}

type trainNERCmd struct {
	Data string `help:"Folder with the open corpora, in its subfolder train." required:"" type:"existingdir" placeholder:"DIR"`
	Own  string `help:"Folder with the project's own annotated articles." default:"summarize/ner/data/own" type:"existingdir" placeholder:"DIR"`
	Out  string `help:"The model file to write." required:"" placeholder:"FILE"`
}

type trainDevelopmentsCmd struct {
	Articles string `help:"Folder with the annotated articles." default:"summarize/ner/data/own" type:"existingdir" placeholder:"DIR"`
	Marks    string `help:"Marks of their sentences." default:"summarize/extractive/data/marks.tsv" type:"existingfile" placeholder:"FILE"`
	Events   string `help:"Events with their developments marked." default:"summarize/extractive/data/events.txt" type:"existingfile" placeholder:"FILE"`
	Out      string `help:"The model file to write." required:"" placeholder:"FILE"`
}

func (e *evalNERCmd) Run(p *program) error {
	for _, name := range e.Data {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		result, err := ner.Evaluate(f)
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if e.JSON {
			if err := json.NewEncoder(p.stdout).Encode(map[string]any{"file": name, "f1": result.Micro().F1(), "precision": result.Micro().Precision(),
				"recall": result.Micro().Recall(), "tokens": result.Tokens, "seconds": result.Elapsed.Seconds()}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(p.stdout, "%s\n%s", name, result)
	}
	return nil
}

func (t *trainNERCmd) Run(p *program) error {
	return ner.TrainFiles(p.ctx, p.stderr, ner.TrainOptions{Data: t.Data, Own: t.Own, Out: t.Out})
}

func (t *trainDevelopmentsCmd) Run(p *program) error {
	tagger, err := ner.Load()
	if err != nil {
		return err
	}
	return extractive.TrainDevelopments(p.ctx, p.stdout, extractive.New(tagger), extractive.TrainOptions{Articles: t.Articles, Marks: t.Marks, Events: t.Events, Out: t.Out})
}
