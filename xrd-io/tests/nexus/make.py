"""make.py: writes the NeXus files of this folder. Needs h5py; the files are committed.

Each is a layout that the NeXus manual allows for a powder pattern, with a few points.
"""
import os

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def file(name, **how):
    return h5py.File(os.path.join(HERE, name), "w", **how)


def group(parent, name, nx_class):
    child = parent.create_group(name)
    child.attrs["NX_class"] = nx_class
    return child


# A plot in Q is the default; the one over 2-theta is the pattern. As NXxrd_pan has it.
with file("xrd_pan.nxs") as f:
    f.attrs["default"] = "entry"
    entry = group(f, "entry", "NXentry")
    entry.attrs["default"] = "q_plot"
    entry["definition"] = "NXxrd_pan"
    entry["start_time"] = "2024-03-08T11:13:20"
    source = group(group(entry, "instrument", "NXinstrument"), "source", "NXsource")
    source["xray_tube_material"] = "Cu"
    source["k_alpha_one"] = 1.540598
    source["k_alpha_two"] = 1.544426
    source["ratio_k_alphatwo_k_alphaone"] = 0.5
    group(entry, "sample", "NXsample")["name"] = "Si"
    for name, axis, unit in [("q_plot", "q", "1/angstrom"), ("twotheta_plot", "two_theta", "deg")]:
        plot = group(entry, name, "NXdata")
        plot.attrs["signal"] = "intensity"
        plot.attrs["axes"] = axis
        plot["intensity"] = np.array([7, 8, 9], "u4")
        plot["intensity"].attrs["units"] = "counts"
        plot[axis] = np.array([10, 10.5, 11])
        plot[axis].attrs["units"] = unit
    entry["count_time"] = 2.5

# The marks of older files, compressed chunks, two scans and their errors. As NXmonopd has it.
with file("monopd.nxs", libver="latest") as f:
    entry = group(f, "entry1", "NXentry")
    group(entry, "beam", "NXcrystal")["wavelength"] = np.array([0.11], "f4")
    entry["beam/wavelength"].attrs["units"] = "nm"
    data = group(entry, "data", "NXdata")
    counts = np.array([[1.5, 2, 3, 4], [5, 6, 7, 8]], "f4")
    data.create_dataset("counts", data=counts, chunks=(1, 2), compression="gzip", shuffle=True)
    data["counts"].attrs["signal"] = 1
    data["errors"] = np.sqrt(counts)
    data["polar_angle"] = np.array([20, 20.1, 20.2, 20.3], "f4")
    data["polar_angle"].attrs["units"] = "degree"

# No axis: an image.
with file("image.nxs", libver="latest") as f:
    data = group(group(f, "entry", "NXentry"), "data", "NXdata")
    data.attrs["signal"] = "data"
    data["data"] = np.zeros((4, 4), "u2")
