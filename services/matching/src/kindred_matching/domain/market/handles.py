"""One pointer to all arrays of a state, as kernels take it: ninety arrays as arguments would cost more than the work."""

from typing import Any, cast

from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.datamodel.registry import default_manager
from numba.core.extending import infer_getattr, lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.experimental import structref

from kindred_matching.domain.market.compiling import kernel
from kindred_matching.domain.market.state import State


class StateType(types.StructRef):
    """The compiled side of ``State``: the same names, the same arrays.

    Its name tells by the kinds of the arrays of columns what the others follow from; with ninety arrays in it, each symbol would be kilobytes.
    """

    def __init__(self, fields: Any) -> None:
        super().__init__(fields)
        kinds = dict(fields)
        self.name = f"Market({kinds['code'].dtype},{kinds['weight'].dtype})"

    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


default_manager.register(StateType, models.StructRefModel)


@infer_getattr
class _Fields(AttributeTemplate):
    key = StateType

    def generic_resolve(self, value: Any, attr: str) -> Any:  # type: ignore[override]  # as numba's own do
        return value.field_dict.get(attr)


def _payload(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    handle = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    data = kind.get_data_type()
    pointer = context.nrt.meminfo_data(builder, handle.meminfo)
    shape = context.data_model_manager[data].get_value_type().as_pointer()
    return cgutils.create_struct_proxy(data)(context, builder, ref=builder.bitcast(pointer, shape))


@lower_getattr_generic(StateType)
def _borrow(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    """An array without an owner: the caller of a kernel keeps it alive, so that no reference is counted anywhere."""
    field = getattr(_payload(context, builder, kind, value), name)
    array = context.make_array(kind.field_dict[name])(context, builder, value=field)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()  # noqa: SLF001 - numba's own way of saying so


@lower_setattr_generic(StateType)
def _enter(context: Any, builder: Any, signature: Any, arguments: Any, name: str) -> None:
    """Puts an array in when the handle is made; it holds a reference as long as the handle lives."""
    kind, _ = signature.args
    value, array = arguments
    context.nrt.incref(builder, kind.field_dict[name], array)
    setattr(_payload(context, builder, kind, value), name, array)


class _Handle(structref.StructRefProxy):
    def __new__(cls, *arrays: Any) -> Any:
        return _bind(arrays)


structref.define_proxy(_Handle, StateType, State._fields)


@kernel
def _bind(arrays: Any) -> Any:
    return _Handle(*arrays)


def handle_of(state: State) -> State:
    """What kernels take for the state: it shares the arrays, so that both sides see every change."""
    return cast("State", _bind(tuple(state)))
