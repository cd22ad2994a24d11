"""Wrong solutions of the tiny assignment. MUTANT-MARK"""

from autograder.proof import Mutant

MUTANTS = [
    Mutant(
        name="subtracts",
        misconception="뺄셈",
        source="def add(a, b):\n    return a - b\n",
        loses=("add",),
        message="더하지 않고 뺐습니다",
    ),
    Mutant(
        name="squares",
        misconception="두 배가 아니라 제곱",
        source="def double(a):\n    return a * a\n",
        loses=("double",),
        message="double(",
    ),
    Mutant(
        name="drops_the_last",
        misconception="마지막 값을 빠뜨림",
        source="def total(values):\n    return sum(values[:-1])\n",
        loses=("total",),
        message="total(",
    ),
]
