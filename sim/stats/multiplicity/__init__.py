"""Many tests at once: which hypotheses to reject so that few of the rejections are false.

A procedure takes one number a hypothesis and returns what it rejects. NaN is a hypothesis of which
nothing arrived: it counts as p = 1 or e = 0 and stays in the total, which keeps every guarantee and
costs power. With `starts` many deciding nodes test at once, each its own block of hypotheses. All
totals are fixed beforehand, not picked after a look at the data.

| procedure | of m hypotheses, m0 null, keeps | if the p- or e-values of nulls are |
|---|---|---|
| `benjamini_hochberg` | FDR <= alpha m0 / m | independent, or positively dependent (PRDS) |
| `benjamini_yekutieli` | FDR <= alpha m0 / m | anything |
| `e_benjamini_hochberg` | FDR <= alpha m0 / m | anything; e-values |
| `bonferroni`, `holm` | P(any false) <= alpha | anything |
| `union_of_sides` | FDR <= alpha m0 / m | as the procedure of a side; sides anyhow |
| `qute` | FDR <= alpha m0 / m | independent or PRDS, whatever is not heard |
| `proportion_matching` | FDR near alpha m0 / m | independent, many at every node |
| `LordPlusPlus`, `Saffron`, `Addis` | FDR <= alpha at any time | independent, one after the other |
| `ELond` | FDR <= alpha at any time | anything; e-values |

FDR is the mean of false / all rejections, 0 where there are none. A node that is the only witness
of its hypotheses can always make up discoveries: `within_quota` caps how many, and
`sim.stats.e_values` merges several witnesses.
"""

from sim.stats.multiplicity.blocks import ROUNDING as ROUNDING
from sim.stats.multiplicity.conformal import conformal_p_values as conformal_p_values
from sim.stats.multiplicity.conformal import p_to_log_e as p_to_log_e
from sim.stats.multiplicity.e_lond import ELond as ELond
from sim.stats.multiplicity.family_wise import bonferroni as bonferroni
from sim.stats.multiplicity.family_wise import holm as holm
from sim.stats.multiplicity.investing import Addis as Addis
from sim.stats.multiplicity.investing import LordPlusPlus as LordPlusPlus
from sim.stats.multiplicity.investing import Saffron as Saffron
from sim.stats.multiplicity.proportion_matching import proportion_matching as proportion_matching
from sim.stats.multiplicity.quota import within_quota as within_quota
from sim.stats.multiplicity.qute import heard as heard
from sim.stats.multiplicity.qute import qute as qute
from sim.stats.multiplicity.sides import union_of_sides as union_of_sides
from sim.stats.multiplicity.step_up import benjamini_hochberg as benjamini_hochberg
from sim.stats.multiplicity.step_up import benjamini_yekutieli as benjamini_yekutieli
from sim.stats.multiplicity.step_up import e_benjamini_hochberg as e_benjamini_hochberg
