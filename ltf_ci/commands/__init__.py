"""A verb a file: gather, decide, (dry run: show the plan), act, report."""
