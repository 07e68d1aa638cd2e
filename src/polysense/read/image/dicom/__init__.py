"""DICOM: medical images, as pictures, with what their header tells of nobody."""
