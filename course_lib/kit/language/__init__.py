"""What training a language model needs beside the model: tokens, batches, a loop, a 5-gram model to be better than."""
