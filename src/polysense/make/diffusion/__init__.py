"""What plug-ins that run a model of diffusers share: options, loading, steps, conditions.

Not here: the families themselves, each a file in the folder of what it makes.
"""
