"""Every public function has a docstring in the style of numpydoc that names its parameters."""

import inspect
import sys

import xrd

missing = []


def check(name, function):
    text = inspect.getdoc(function) or ""
    names = [p for p in inspect.signature(function).parameters if p not in ("self", "cls", "args", "kwargs")]
    if not text:
        missing.append(f"{name}: no docstring")
    elif names and "Parameters\n----------" not in text:
        missing.append(f"{name}: no section Parameters")
    missing.extend(f"{name}: no parameter {p}" for p in names if names and p not in text)


for name in xrd.__all__:
    thing = getattr(xrd, name)
    if not inspect.isclass(thing):
        check(name, thing)
        continue
    if not inspect.getdoc(thing):
        missing.append(f"{name}: no docstring")
    for method, function in vars(thing).items():
        function = getattr(function, "__func__", function)
        if not method.startswith("_") and inspect.isfunction(function):
            check(f"{name}.{method}", function)

print("\n".join(missing) or "every public function has its parameters documented")
sys.exit(bool(missing))
