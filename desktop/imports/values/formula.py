"""Formulas over the columns of a row, such as `[Qty] * [Price]` or `[First] & " " & [Last]`.

The language is that of the library simpleeval, which walks the syntax tree and knows neither attributes, imports,
loops nor assignments. Names of columns stand in brackets; + - * / are for numbers, & joins texts.
"""

from __future__ import annotations

import ast
import inspect
import operator
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, DecimalException, DivisionByZero
from typing import Any, Final

import simpleeval

from desktop.imports.values.conversions import FORMULA_ERRORS, converter, to_boolean
from desktop.imports.values.formula_text import Expression, columns_of, to_python
from models.errors import FieldError
from models.rules import Kind

LONGEST: Final = 1_000  # characters of a formula
LONGEST_RESULT: Final = 10_000  # characters of a text
DEEPEST: Final = 100  # nodes of the syntax tree on the way to a leaf
_IF: Final = "if"
_HINT: Final = "Write it like [Qty] * [Price], with the names of columns in brackets."

__all__ = ["Formula", "columns_of", "compile_formula"]

Formula = Callable[[Sequence[str]], str]
"""From the cells of a row to the text of the value."""


def compile_formula(
    text: str, header: Sequence[str], decimal_separator: str = ".", date_format: str = "YYYY-MM-DD"
) -> Formula:
    """The function behind a formula.

    Args:
        header: the names of the file's columns, in their order.
        decimal_separator, date_format: how the texts of cells are read, and the result is written.
    Raises:
        FieldError: WrongFormula, naming the position of what is wrong, from 1.
    Raises, when called:
        FieldError: FormulaFailed, e.g. for a text where a number is needed.
    """
    if len(text) > LONGEST:
        raise _wrong(f"It is longer than {LONGEST:,} characters.", LONGEST)
    columns: dict[str, int] = {}
    names = list(header)
    folded = [name.casefold() for name in names]

    def name_of(name: str, place: int) -> str:
        if name not in names and name.casefold() not in folded:
            raise _wrong(f"There is no column “{name}”", place)
        position = names.index(name) if name in names else folded.index(name.casefold())
        columns[f"_{position}"] = position
        return f"_{position}"

    python = to_python(text, name_of)
    language = _Language(decimal_separator, date_format)
    evaluator = language.evaluator()
    try:
        parsed = ast.parse(python.text, mode="eval")
    except SyntaxError as error:
        raise _wrong(
            "It cannot be understood", python.place((error.offset or len(python.text) + 1) - 1)
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise _wrong("It cannot be understood", 1) from error
    tree = _Reader(columns, language, python).visit(parsed.body)

    def compute(cells: Sequence[str]) -> str:
        def cell(node: ast.Name) -> str:
            position = columns[node.id]
            return cells[position].strip() if position < len(cells) else ""

        evaluator.names = cell
        try:
            return language.written(evaluator.eval(text, previously_parsed=tree))
        except FieldError as error:
            raise FieldError(
                f"The formula {text} fails: {error.text}", error.hint, "FormulaFailed"
            ) from error
        except (DivisionByZero, ZeroDivisionError) as error:
            raise _failed(text, "it divides by zero") from error
        except (DecimalException, ArithmeticError, ValueError, TypeError, IndexError) as error:
            raise _failed(text, "its values do not fit together") from error
        except simpleeval.InvalidExpression as error:
            raise _failed(text, "its result is too large") from error

    return _without_errors(text, compute, [(names[place], place) for place in columns.values()])


def _without_errors(formula: str, compute: Formula, columns: Sequence[tuple[str, int]]) -> Formula:
    """The formula, by which no cell with the error of a spreadsheet goes on as a part of a text.

    Args:
        columns: those that it reads, with their positions.
    """

    def computed(cells: Sequence[str]) -> str:
        written = compute(cells)
        if "#" in written:
            for name, position in columns:
                cell = cells[position].strip() if position < len(cells) else ""
                if cell in FORMULA_ERRORS and cell in written:
                    raise _failed(formula, f"the cell under {name} holds the error {cell}")
        return written

    return computed


class _Reader(ast.NodeTransformer):
    """Refuses what is no part of the language before the first row, with its position.

    Functions are known in any case of letters, and If(…) becomes what Python writes `a if condition else b`, so that
    only the value that is wanted is computed.
    """

    def __init__(self, columns: dict[str, int], language: _Language, python: Expression) -> None:
        self._columns = columns
        self._python = python
        self._functions = language.functions
        self._operators = language.operators
        self._depth = 0

    def visit(self, node: ast.AST) -> Any:
        self._depth += 1
        try:
            if self._depth > DEEPEST and isinstance(node, ast.expr):
                raise _wrong("It is nested too deeply", self._place(node))
            return super().visit(node)
        finally:
            self._depth -= 1

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.id.lower() if isinstance(node.func, ast.Name) else ""
        if name not in (*self._functions, _IF) or node.keywords:
            raise _wrong("There is no such function", self._place(node))
        arguments = [self.visit(argument) for argument in node.args]
        if name == _IF:
            if len(arguments) != len(ast.IfExp._fields):
                raise _wrong("If needs a condition and two values", self._place(node))
            test, body, orelse = arguments
            return ast.copy_location(ast.IfExp(test, body, orelse), node)
        try:
            inspect.signature(self._functions[name]).bind(*arguments)
        except TypeError:
            raise _wrong(f"The function {name} needs another number of values", self._place(node)) from None
        return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), arguments, []), node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in self._columns:
            raise _wrong(f"“{node.id}” is neither a function nor a column in brackets", self._place(node))
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str | int | float):
            raise _wrong("This is not part of formulas", self._place(node))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return self._operation(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        return self._operation(node)

    def _operation(self, node: ast.BinOp | ast.UnaryOp) -> ast.AST:
        if type(node.op) not in self._operators:
            raise _wrong("This operator is not part of formulas", self._place(node))
        return self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, _KNOWN):
            raise _wrong("This is not part of formulas", self._place(node))
        return super().generic_visit(node)

    def _place(self, node: ast.AST) -> int:
        return self._python.place_of_bytes(getattr(node, "col_offset", 0))


class _Language:
    """Operators and functions, for one way of writing numbers and dates."""

    def __init__(self, decimal_separator: str, date_format: str) -> None:
        self._separator = decimal_separator
        self._to_number = converter(Kind.DECIMAL, decimal_separator, date_format)
        self._to_date = converter(Kind.DATE, decimal_separator, date_format)
        number = self.number
        self.operators: dict[type[ast.AST], Callable[..., Any]] = {
            ast.Add: lambda left, right: number(left) + number(right),
            ast.Sub: lambda left, right: number(left) - number(right),
            ast.Mult: lambda left, right: number(left) * number(right),
            ast.Div: lambda left, right: number(left) / number(right),
            ast.Mod: lambda left, right: number(left) % number(right),
            ast.USub: lambda value: -number(value),
            ast.UAdd: number,
            ast.BitAnd: lambda left, right: _sized(self.written(left) + self.written(right)),
            ast.Not: lambda value: not self._truth(value),
            ast.Eq: self._equal,
            ast.NotEq: lambda left, right: not self._equal(left, right),
            ast.Lt: lambda left, right: self._compare(operator.lt, left, right),
            ast.LtE: lambda left, right: self._compare(operator.le, left, right),
            ast.Gt: lambda left, right: self._compare(operator.gt, left, right),
            ast.GtE: lambda left, right: self._compare(operator.ge, left, right),
            ast.In: lambda left, right: self.written(left) in self.written(right),
            ast.NotIn: lambda left, right: self.written(left) not in self.written(right),
        }
        written = self.written
        self.functions: dict[str, Callable[..., Any]] = {
            "number": number,
            "text": written,
            "date": self._date,
            "upper": lambda text: written(text).upper(),
            "lower": lambda text: written(text).lower(),
            "title": lambda text: written(text).title(),
            "trim": lambda text: " ".join(written(text).split()),
            "left": lambda text, count: written(text)[: max(0, int(count))],
            "right": lambda text, count: written(text)[-int(count) :] if int(count) > 0 else "",
            "mid": lambda text, start, count: written(text)[int(start) - 1 : int(start) - 1 + int(count)],
            "length": lambda text: Decimal(len(written(text))),
            "replace": lambda text, old, new: _replaced(written(text), written(old), written(new)),
            "contains": lambda text, part: written(part).casefold() in written(text).casefold(),
            "coalesce": lambda *values: next((value for value in values if written(value)), ""),
            "round": lambda value, places=0: number(value).quantize(
                Decimal(1).scaleb(-int(places)), ROUND_HALF_UP
            ),
            "abs": lambda value: abs(number(value)),
            "min": lambda *values: min(number(value) for value in values),
            "max": lambda *values: max(number(value) for value in values),
        }

    def evaluator(self) -> Any:
        """The library's evaluator with just this language."""
        return simpleeval.SimpleEval(operators=self.operators, functions=self.functions, names={})

    def number(self, value: Any) -> Decimal:
        """A value as a number; an empty text counts 0."""
        if isinstance(value, bool):
            return Decimal(int(value))
        if isinstance(value, int | float):
            return Decimal(str(value))
        if isinstance(value, str):
            return Decimal(0) if not value.strip() else Decimal(self._to_number(value.strip()))
        if isinstance(value, Decimal):
            return value
        raise FieldError(f"{self.written(value)} is not a number.", "Correct the formula.", "NotANumber")

    def written(self, value: Any) -> str:
        """A value as the text that a file would carry."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, int | float | Decimal):
            text = f"{Decimal(str(value)):f}"
            text = text.rstrip("0").rstrip(".") if "." in text else text
            return text.replace(".", self._separator)
        return str(value)

    def _equal(self, left: Any, right: Any) -> bool:
        """Whether two values are the same; what is no number is unequal to one rather than an error."""
        try:
            return self._compare(operator.eq, left, right)
        except FieldError:
            return False

    def _compare(self, compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
        """Numbers with numbers and dates with dates, where one of them is; else texts."""
        if isinstance(left, str) and isinstance(right, str):
            return compare(left, right)
        if isinstance(left, date) or isinstance(right, date):
            return compare(self._date(left), self._date(right))
        return compare(self.number(left), self.number(right))

    def _date(self, value: Any) -> date:
        if isinstance(value, date):
            return value
        day: date = self._to_date(self.written(value))
        return day

    def _truth(self, value: Any) -> bool:
        return to_boolean(value) if isinstance(value, str) and value else bool(value)


_KNOWN: Final = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Load,
    ast.operator, ast.unaryop, ast.cmpop, ast.boolop,
)  # fmt: skip


def _replaced(text: str, old: str, new: str) -> str:
    """The length is known before: ten thousand letters, each replaced by as many, would not fit into memory."""
    if not old:
        raise FieldError("What is replaced is empty.", "Say what is searched for.", "FormulaFailed")
    if len(text) + text.count(old) * (len(new) - len(old)) > LONGEST_RESULT:
        raise _too_long()
    return text.replace(old, new)


def _sized(text: str) -> str:
    if len(text) > LONGEST_RESULT:
        raise _too_long()
    return text


def _too_long() -> FieldError:
    return FieldError(f"Its text is longer than {LONGEST_RESULT:,} characters.", "Shorten it.", "TooLong")


def _wrong(what: str, position: int) -> FieldError:
    return FieldError(f"The formula is wrong at position {position}: {what}.", _HINT, "WrongFormula")


def _failed(text: str, why: str) -> FieldError:
    return FieldError(
        f"The formula {text} fails: {why}.",
        "Correct the row or the formula, then choose Retry.",
        "FormulaFailed",
    )
