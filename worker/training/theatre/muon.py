"""Muon: momentum whose update of every weight matrix is orthogonalised (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/)."""

import torch
import torch.distributed as dist
from torch import Tensor


def orthogonalise(g: Tensor, steps: int = 5) -> Tensor:
    """Newton-Schulz iteration towards the nearest semi-orthogonal matrix, batched: [..., rows, columns]."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = (g / (g.norm(dim=(-2, -1), keepdim=True) + 1e-7)).bfloat16()
    tall = x.size(-2) > x.size(-1)
    if tall:
        x = x.mT
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).float()


def shared(g: Tensor) -> Tensor:
    """`orthogonalise` of a stack, its halves done by the two processes of a distributed run."""
    if not dist.is_initialized() or len(g) % dist.get_world_size():
        return orthogonalise(g)
    mine = orthogonalise(g.chunk(dist.get_world_size())[dist.get_rank()])
    parts = [torch.empty_like(mine) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, mine.contiguous())
    return torch.cat(parts)


class Muon:
    """For the matrices of the transformer blocks; everything else is AdamW's. Matrices of the same shape are updated together."""

    def __init__(self, matrices: list[Tensor], rate: float, momentum: float = 0.95, decay: float = 0.01):
        self.rate, self.momentum, self.decay = rate, momentum, decay
        self.matrices = matrices
        self.buffers = [torch.zeros_like(p) for p in matrices]

    @torch.no_grad()
    def step(self, factor: float) -> None:
        """One update with the learning rate times `factor`."""
        updates: dict[torch.Size, list[tuple[Tensor, Tensor]]] = {}
        for p, buffer in zip(self.matrices, self.buffers):
            buffer.mul_(self.momentum).add_(p.grad, alpha=1 - self.momentum)
            g = p.grad * (1 - self.momentum) + buffer * self.momentum
            p.mul_(1 - self.rate * factor * self.decay)
            parts = zip(p.chunk(3), g.chunk(3)) if p.shape[0] == 3 * p.shape[1] else [(p, g)]  # q, k and v are matrices of their own
            for target, part in parts:
                updates.setdefault(target.shape, []).append((target, part))
        for shape, pairs in updates.items():
            scale = max(1.0, shape[0] / shape[1]) ** 0.5
            turned = shared(torch.stack([g for _, g in pairs]))
            for (target, _), update in zip(pairs, turned):
                target.add_(update, alpha=-self.rate * factor * scale)

    def state_dict(self) -> dict:
        return {"buffers": self.buffers}

    def load_state_dict(self, state: dict) -> None:
        for mine, theirs in zip(self.buffers, state["buffers"]):
            mine.copy_(theirs)
