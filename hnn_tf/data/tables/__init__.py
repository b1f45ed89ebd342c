"""Tables of measurements in files: text, NumPy archives, HDF5 and Parquet."""
