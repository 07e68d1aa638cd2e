"""Words for what no words were kept with: each thing is told by its kind, and a kind is where its
name lies in a space of words.

classifier tells the kinds apart, over vectors of a frozen encoder; naming gives each its place;
words puts it together and writes the space.
"""
