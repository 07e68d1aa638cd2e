"""A function with what it needs: `imports` finds its names, `rename` fits its signature,
`generator` answers.
"""
