"""Networks, training sets and files for PyTorch.

`Network` is any network of the crate xrd-nn, built from its description; `Autoencoder` is the
one of the paper; `SymmetryNetworks` are those that name space groups. They load and save the
same files as the program ``xrd``. `Shards` and `Simulated` are data sets whose batches do not
depend on the number of processes and workers. PyTorch and safetensors must be installed.
"""

try:
    import safetensors  # noqa: F401
    import torch  # noqa: F401
except ImportError as error:
    message = f"xrd.torch needs {error.name} (pip install torch safetensors)"
    raise ImportError(message, name=error.name) from None

from ._autoencoder import Autoencoder
from ._network import Network
from ._shards import Shards
from ._simulated import Simulated
from ._symmetry import SymmetryNetworks, park_convolutional, vecsei_dense

__all__ = [
    "Autoencoder",
    "Network",
    "Shards",
    "Simulated",
    "SymmetryNetworks",
    "park_convolutional",
    "vecsei_dense",
]
