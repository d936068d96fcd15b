"""llama.cpp on one worker thread: load, decode, sample, free."""
