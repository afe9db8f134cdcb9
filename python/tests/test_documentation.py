"""Every example runs: of the documentation, of the read-me, and the notebook."""

from __future__ import annotations

import doctest
import importlib
import pathlib
import pkgutil

import nbformat
import pytest
from nbclient import NotebookClient

import itemset

HERE = pathlib.Path(__file__).parent.parent
# Spark is not installed where these tests run.
NO_EXAMPLES = ["_itemset", "spark"]
MODULES = ["itemset", *(f"itemset.{each.name}" for each in pkgutil.iter_modules(itemset.__path__) if each.name not in NO_EXAMPLES)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_documentation(name):
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module)
    assert failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    tests = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(tests) >= 12


def test_examples_of_the_read_me():
    failed, tried = doctest.testfile(str(HERE / "README.md"), module_relative=False)
    assert failed == 0 and tried > 5


def test_all_that_is_public_is_documented():
    for name in [*itemset.__all__, *(f"mlxtend.{each}" for each in importlib.import_module("itemset.mlxtend").__all__)]:
        value = itemset
        for part in name.split("."):
            value = getattr(value, part)
        assert value.__doc__, name
        if isinstance(value, type):
            for each, member in vars(value).items():
                if not each.startswith("_") and (callable(member) or isinstance(member, (property, classmethod))):
                    assert member.__doc__ or name in ("Itemset", "Rule", "Measure"), f"{name}.{each}"


@pytest.mark.parametrize("path", sorted(HERE.glob("examples/*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_run(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}}).execute()
