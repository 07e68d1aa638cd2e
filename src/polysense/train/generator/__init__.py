"""The generator side of teaching: a model that learns to answer from what is retrieved, and a
retriever that learns from the model.

examples/   questions, answers and contexts right and wrong
recipe      what can be trained, by name: a network, its batches, how likely it finds an answer
prompt      what a language model is shown of an example, and what it is to write
models      language models in a folder, and their batches
adapters    LoRA, prompt tuning and p-tuning
training    a run: transformers' Trainer, a card, a plot
figures     whether right evidence makes an answer likelier than wrong
"""
