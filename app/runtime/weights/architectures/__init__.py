"""One module per architecture: names, layout and hyper-parameters on the way to GGUF."""
