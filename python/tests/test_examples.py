"""The examples of the documentation."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["_autoencoder", "_files", "_plane", "_simulate", "_xrd"])
def test_examples_of_docstrings(name):
    module = importlib.import_module(f"xrd.{name}")
    finder = doctest.DocTestFinder(exclude_empty=True)
    if name == "_xrd":
        found = finder.find(module.Structure, "Structure", module=False, globs={})
    else:
        found = finder.find(module)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in found:
        runner.run(test)
    assert runner.tries > 0 and runner.failures == 0


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    import xrd

    assert xrd.__version__ == version("xrd-toolbox")
