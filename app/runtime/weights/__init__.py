"""Weights: recognised, decrypted, converted and quantized into one GGUF file. No Qt, no command line."""
