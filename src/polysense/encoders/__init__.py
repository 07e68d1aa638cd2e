"""Plug-ins: parts to vectors, one file a model or family of models.

`onnx_model` loads weights that lie in packages; `text_input` and `audio_window` are what encoders
of words and sounds share.
"""
