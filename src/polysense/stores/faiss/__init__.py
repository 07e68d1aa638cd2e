"""FAISS over a folder: `store` is the plug-in, `vector_table` its vectors in SQLite, `index` an
index of one space in memory and as a file, `factory` what is read of an index's name, `address`
what stands in a library's address.
"""
