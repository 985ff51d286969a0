"""make.py: writes the NeXus files of this folder. Needs h5py; the files are committed.

Each file has a few points, in a layout that the NeXus manual allows for a powder pattern.
"""
import os
import struct

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def file(name, **how):
    return h5py.File(os.path.join(HERE, name), "w", **how)


def group(parent, name, nx_class):
    child = parent.create_group(name)
    child.attrs["NX_class"] = nx_class
    return child


# The default plot is over Q, but the plot over 2-theta is the pattern. Follows NXxrd_pan.
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

# Attributes of older files, compressed chunks, two scans and their errors. Follows NXmonopd.
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

# Two entries with one pattern each over bin limits, one of them with a gap. A third entry over time is
# not a pattern.
with file("entries.nxs", libver="latest") as f:
    for number, (name, wavelength) in enumerate([("Si", 154.06), ("LaB6", 41.3)]):
        entry = group(f, f"entry{number}", "NXentry")
        group(entry, "sample", "NXsample")["name"] = name
        beam = group(entry, "beam", "NXbeam")
        beam["incident_wavelength"] = wavelength
        beam["incident_wavelength"].attrs["units"] = "pm"
        data = group(entry, "data", "NXdata")
        data.attrs["signal"] = "intensity"
        data.attrs["axes"] = "two_theta"
        data["two_theta"] = np.array([9.75, 10.25, 10.75, 11.25]) + number
        data["intensity"] = np.array([7, 8, np.nan if number else 9])
    entry = group(f, "log", "NXentry")
    data = group(entry, "data", "NXdata")
    data.attrs["signal"] = "current"
    data.attrs["axes"] = "time"
    data["time"] = np.array([0.0, 1, 2])
    data["current"] = np.array([3.0, 2, 1])

# A dozen entries that share the same large, highly compressed data.
with file("shared.nxs", libver="latest") as f:
    packed = {"chunks": (100_000,), "compression": "gzip", "compression_opts": 9}
    for number in range(12):
        data = group(group(f, f"entry{number}", "NXentry"), "data", "NXdata")
        data.attrs["signal"] = "intensity"
        data.attrs["axes"] = "two_theta"
        for name in ["two_theta", "intensity"]:
            if number:
                data[name] = f["entry0/data"][name]
            else:
                data.create_dataset(name, data=np.full(200_000, 7.0), **packed)

# The layout that the NeXus programs of the DMC diffractometer wrote in 2005: contiguous data, whose
# layout message is of version 1. The size of the data is not stated, only their dimensions.
older = os.path.join(HERE, "older.nxs")
with h5py.File(older, "w", libver="earliest") as f:
    entry = group(f, "entry1", "NXentry")
    entry.create_dataset("title", data=np.array([b"a powder"], "S16"))
    beam = group(group(entry, "DMC", "NXinstrument"), "Monochromator", "NXcrystal")
    beam["lambda"] = np.array([2.5666], "f4")
    data = group(entry, "data1", "NXdata")
    data["counts"] = np.array([700, 800, 90000, 10], "i4")
    data["counts"].attrs["signal"] = 1
    data["two_theta"] = np.array([18.3, 18.5, 18.7, 18.9], ">f4")
    data["two_theta"].attrs["units"] = "degrees"
    names = ["title", "DMC/Monochromator/lambda", "data1/counts", "data1/two_theta"]
    places = [(entry[n].id.get_offset(), entry[n].id.get_storage_size(), entry[n].shape) for n in names]
with open(older, "rb") as f:
    content = f.read()
for address, size, shape in places:
    new = struct.pack("<BBQQ", 3, 1, address, size)
    dims = struct.pack(f"<{len(shape)}I", *shape)
    old = struct.pack("<BBB5xQ", 1, len(shape), 1, address) + dims
    assert content.count(new) == 1
    at = content.index(new)
    # The message has room for 24 bytes.
    content = content[:at] + old.ljust(24, b"\0") + content[at + 24 :]
with open(older, "wb") as f:
    f.write(content)

# A block of the user's own before the signature.
with file("user_block.nxs", userblock_size=512) as f:
    data = group(group(f, "entry", "NXentry"), "data", "NXdata")
    data.attrs["signal"] = "intensity"
    data.attrs["axes"] = "two_theta"
    data["two_theta"] = np.radians([10.0, 10.5, 11.0])
    data["two_theta"].attrs["units"] = "rad"
    data["intensity"] = np.array([7.0, 8, 9])
with open(os.path.join(HERE, "user_block.nxs"), "r+b") as f:
    f.write(b"written by a program of our own\n")

# An image, which has no axis.
with file("image.nxs", libver="latest") as f:
    data = group(group(f, "entry", "NXentry"), "data", "NXdata")
    data.attrs["signal"] = "data"
    data["data"] = np.zeros((4, 4), "u2")
