"""Training: flow matching with x-prediction, Muon for the blocks' matrices, AdamW for the rest, an exponential moving average of the weights.

Noisy clip x_t = t x0 + (1 - t) noise, t = 1 is clean (Lipman et al. 2023); the loss on x0 is weighted by 1 / (1 - t)^2, which is the loss on the
velocity (Salimans & Ho 2022 on parametrisations).
"""

import json
import multiprocessing
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn

from .batch import Windows
from .model import CODE, Director, expand_mask, row_mask
from .muon import Muon
from .state import D, FACE, FLAP, H, K, LEG, PRES, ROT, SIZE, T, X, Y


@dataclass(frozen=True)
class Plan:
    """Everything that fixes a training run."""

    steps: int = 5000
    batch: int = 96
    seed: int = 1
    muon_rate: float = 0.015
    adam_rate: float = 2.5e-3
    warm_up: int = 80
    decay_from: float = 0.35
    """Share of the run after which the learning rates fall linearly to zero."""
    shards: int = 26
    width: int = 224
    layers: int = 6
    heads: int = 7


def channel_weights() -> Tensor:
    """[TOKENS, WIDTH] weights of the loss: what one sees first counts most."""
    rows = row_mask()
    per_key = torch.ones(D)
    for channel, weight in ((PRES, 1.6), (X, 2.0), (H, 1.6), (SIZE, 1.2), (ROT, 1.2), (FACE, 1.0), (LEG, 0.6), (FLAP, 0.5), (Y, 1.2)):
        per_key[channel] = weight
    rows[:K, CODE:] *= per_key.repeat(T)
    rows[:K, :CODE] *= 2
    rows[K] *= 3
    rows[K + 1] *= 4
    return rows


def loss_of(prediction: Tensor, x0: Tensor, given: Tensor, t: Tensor, weights: Tensor) -> Tensor:
    """Weighted squared error of x0, plus that of the steps from key to key, so that nothing trembles."""
    free = (1 - given) * weights
    velocity = (1 / (1 - t).clamp(min=0.1) ** 2).clamp(max=40)[:, None, None]
    error = (prediction - x0) * (1 - given)
    total = (error**2 * free * velocity).sum()
    keys = error[:, : K + 1, CODE:].unflatten(2, (T, D))
    steps = keys[:, :, 1:] - keys[:, :, :-1]
    steady = weights[: K + 1, CODE:].unflatten(1, (T, D))[:, 1:].clone()
    steady[..., PRES] = 0
    steady[..., FACE] = 0
    total = total + 2.0 * (steps**2 * steady[None] * velocity[..., None]).sum()
    return total / (weights.sum() * len(x0))


def split(model: Director) -> tuple[list[Tensor], list[Tensor]]:
    """(Muon's matrices, AdamW's parameters)."""
    matrices = [p for name, p in model.named_parameters() if name.startswith("blocks.") and p.ndim == 2 and "modulation" not in name]
    ids = {id(p) for p in matrices}
    return matrices, [p for p in model.parameters() if id(p) not in ids]


def rate(step: int, plan: Plan) -> float:
    """Learning rate factor: warm-up, plateau, linear fall."""
    done = step / plan.steps
    fall = 1.0 if done < plan.decay_from else max(0.01, (1 - done) / (1 - plan.decay_from))
    return min(1.0, (step + 1) / plan.warm_up) * fall


def train(windows: Windows, plan: Plan, folder: Path) -> Path:
    """Trains on two cores, or goes on from folder/last.pt. Returns the path of the finished weights (the moving average).

    Two processes of one thread each take half of every batch and average their gradients: where other work disturbs the cores, this keeps
    its pace, while two threads would wait for each other at every matrix."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as meeting:
        context = multiprocessing.get_context("fork")
        other = context.Process(target=run, args=(1, meeting, windows, plan, folder), daemon=True)
        other.start()
        run(0, meeting, windows, plan, folder)
        other.join()
    return folder / "director.pt"


def run(rank: int, meeting: str, windows: Windows, plan: Plan, folder: Path, every: int = 250) -> None:
    """One of the two processes; rank 0 keeps the average, the curve and the checkpoints."""
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    dist.init_process_group("gloo", init_method=f"file://{meeting}/meet", rank=rank, world_size=2)
    model = Director(plan.width, plan.layers, plan.heads)
    matrices, others = split(model)
    muon = Muon(matrices, plan.muon_rate)
    adam = torch.optim.AdamW(others, lr=plan.adam_rate, betas=(0.9, 0.98), weight_decay=0.0)
    names = [name for name, _ in model.named_parameters()]
    live = list(model.parameters())
    average = [p.detach().clone() for p in live]
    step, curve, spent, running = 0, [], 0.0, None
    last = folder / "last.pt"
    if last.exists():
        state = torch.load(last, weights_only=False)
        model.load_state_dict(state["model"])
        muon.load_state_dict(state["muon"])
        adam.load_state_dict(state["adam"])
        average, step, curve, spent, running = state["average"], state["step"], state["curve"], state["spent"], state["running"]
    gradient = torch.zeros(sum(p.numel() for p in live))
    for p, part in zip(live, gradient.split([p.numel() for p in live])):
        p.grad = part.view_as(p)
    forward = torch.compile(model)
    weights = channel_weights()
    started = time.monotonic() - spent

    def save() -> None:
        torch.save({"model": model.state_dict(), "muon": muon.state_dict(), "adam": adam.state_dict(), "average": average, "step": step,
                    "curve": curve, "spent": time.monotonic() - started, "running": running}, last)
        torch.save({"plan": asdict(plan), "step": step, "weights": dict(zip(names, average))}, folder / "director.pt")
        (folder / "curve.json").write_text(json.dumps({"plan": asdict(plan), "columns": ["step", "minutes", "loss"], "rows": curve}) + "\n")

    if rank == 0:
        print(f"{len(gradient) / 1e6:.2f} M parameters, {len(windows)} windows, from step {step} to {plan.steps}, {plan.batch} at a time", flush=True)
    while step < plan.steps:
        x0, mask, words, cast, t, noise = (whole.chunk(2)[rank] for whole in windows.draw(step, plan.batch))
        given = expand_mask(mask)
        at = t[:, None, None]
        with torch.autocast("cpu", torch.bfloat16):
            prediction = forward(at * x0 + (1 - at) * noise, t, x0, mask, words, cast)
        loss = loss_of(prediction.float(), x0, given, t, weights)
        gradient.zero_()
        loss.backward()
        dist.all_reduce(gradient)
        gradient /= 2
        nn.utils.clip_grad_norm_(others, 1.0)
        factor = rate(step, plan)
        muon.step(factor)
        for group in adam.param_groups:
            group["lr"] = plan.adam_rate * factor
        adam.step()
        step += 1
        if rank != 0:
            continue
        with torch.no_grad():
            torch._foreach_lerp_(average, live, 1 - min(0.9985, step / (step + 20)))
        value = loss.item()
        running = value if running is None else running * 0.97 + value * 0.03
        minutes = (time.monotonic() - started) / 60
        if step % 25 == 0:
            curve.append([step, round(minutes, 2), round(running, 5)])
        if step % 100 == 0:
            print(f"step {step}/{plan.steps} {minutes:.1f} min loss {running:.4f} {minutes * 60 / step:.3f} s/step", flush=True)
        if step % every == 0:
            save()
    if rank == 0:
        save()
    dist.barrier()
    dist.destroy_process_group()
