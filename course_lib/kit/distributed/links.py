"""Links between accelerators in the α–β model: a message of S bytes takes α + S/β seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """One kind of link.

    Attributes:
        name: what it is called.
        alpha: seconds that a message takes however short it is.
        beta: bytes a second in one direction, as the data sheet has it; what programs see is less.
    """

    name: str
    alpha: float
    beta: float


# Latencies: one hop of a ring with the "Simple" protocol in NCCL 2.21's cost model (src/graph/tuning.cc, table hwLat): NVLink 3.4 µs,
# PCI 5.7 µs, network 14 µs; Ethernet through the kernel's TCP is of the order of 50 µs. Bandwidths: NVIDIA H100 Tensor Core GPU data
# sheet (NVLink 900 GB/s for both directions together), PCI-SIG (PCIe 5.0: 32 GT/s with 128b/130b, 16 lanes), InfiniBand NDR (400 Gb/s),
# IEEE 802.3ae (10 Gb/s).
LINKS = {
    "nvlink": Link("NVLink 4", 3.4e-6, 450e9),
    "pcie": Link("PCIe 5.0 x16", 5.7e-6, 63e9),
    "infiniband": Link("InfiniBand NDR", 14e-6, 50e9),
    "ethernet": Link("10 Gb Ethernet", 50e-6, 1.25e9),
}
