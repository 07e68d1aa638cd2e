"""What `make_demo.py` makes, a module for each kind of file."""
