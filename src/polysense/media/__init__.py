"""From bytes to letters, pixels, samples and triangles, safely: what every plug-in needs to look at a Part.

    files      archives as folders; members of containers
    mime       what a file is, by its content (magic: binary signatures)
    make       Parts from paths, bytes and the usual libraries' objects
    text       bytes to words; words to passages and sentences
    words      words as they are indexed and compared
    prose      headings, passages and links of written documents (html, htmltable, markdown, refs, mail, notebook, office)
    pdf        pages of a PDF (pdfpage, layout, grid)
    rows       tables to chunks (cells, delimited); syntax: code to definitions
    image      any Part that can be seen -> pixels (raster, svg, exif)
    audio      any Part that can be heard -> samples (spectrum, container)
    video      scenes, frames, tracks (timeline, subtitles)
    mesh       any 3D Part -> triangles; triangles -> pictures (scene, paint)
    frame      the table around a chunk, and what of it words ask about (sheet, told, asked, quantity); triples: the same of a graph
    export     a made Part as the kind of file that its name asks for; provenance: where it came from, written into it
    encode     frames, samples and cues -> a film; samples -> a recording (caption: words on frames; fonts, letters, solid; made: csv)

Each decoder trusts nothing: it bounds size, pixels, time and nesting before it allocates, and raises an error of `polysense.errors`.
"""
