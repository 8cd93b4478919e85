"""Training steps with the same initial weights, batches and dropout masks as our backends."""

import torch
import torch.nn.functional as F

from .architecture import build
from .dropout import set_step
from .fashion_mnist import to_input
from .philox import shuffled_indices
from .recipe import learning_rate_at, make_optimizer

# Our names of what torch's optimizers remember of each parameter.
STATE_NAMES = {"momentum_buffer": "velocity", "exp_avg": "moment1", "exp_avg_sq": "moment2"}


class TrainingRun:
    """A training run on images [N, H, W] in bytes and their labels, at any of its steps."""

    def __init__(self, architecture, recipe, images, labels, dtype):
        self.architecture = architecture
        self.recipe = recipe
        self.dtype = dtype
        self.images = images
        self.labels = labels
        self.network = build(architecture).to(dtype)
        self.optimizer = make_optimizer(recipe["optimizer"], self.network.parameters())
        self.next_step = 0
        self.order = (None, None)

    def parameters(self):
        """A copy of the parameters by name."""
        return {name: parameter.detach().clone() for name, parameter in self.network.named_parameters()}

    def state(self):
        """A copy of the parameters and of the optimizer's state, as `velocity.net.0.0.weight`."""
        tensors = self.parameters()
        for name, parameter in self.network.named_parameters():
            remembered = self.optimizer.state.get(parameter, {})
            for key, prefix in STATE_NAMES.items():
                if remembered.get(key) is not None:
                    tensors[f"{prefix}.{name}"] = remembered[key].detach().clone()
        return tensors

    def write_state(self, tensors, step):
        """Continues from a `state` after `step` steps; initial weights alone are the state after none."""
        names = [name for name, _ in self.network.named_parameters()]
        self.network.load_state_dict({name: tensors[name].to(self.dtype) for name in names})
        self.next_step = step
        self.optimizer.state.clear()
        for name, parameter in self.network.named_parameters():
            remembered = {
                key: tensors[f"{prefix}.{name}"].to(self.dtype).clone()
                for key, prefix in STATE_NAMES.items()
                if f"{prefix}.{name}" in tensors
            }
            if "exp_avg" in remembered:
                remembered["step"] = torch.tensor(float(step))
            if remembered:
                self.optimizer.state[parameter] = remembered

    def train(self, state, first, steps):
        """Steps from a state after `first` of them: their losses, and the parameters after them."""
        self.write_state(state, first)
        return {"losses": [self.step() for _ in range(steps)], "parameters": self.parameters()}

    def step(self):
        """One step on the run's next batch, dropout on. Returns the batch's mean loss before the update."""
        images, labels = self.batch(self.next_step)
        self.network.train()
        set_step(self.network, self.recipe["seed"], self.next_step)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate_at(self.recipe, self.next_step, self.total_steps)
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.network(images), labels)
        loss.backward()
        self.optimizer.step()
        self.next_step += 1
        return loss.item()

    def logits(self, images):
        """Scores of images in bytes, without dropout."""
        self.network.eval()
        with torch.no_grad():
            return self.network(self.to_tensor(images))

    @property
    def steps_per_epoch(self):
        return -(-len(self.labels) // self.recipe["batchSize"])

    @property
    def total_steps(self):
        return self.steps_per_epoch * self.recipe["epochs"]

    def batch(self, step):
        """The images and labels of a step: an epoch's shuffled order, its last batch partial."""
        epoch, position = divmod(step, self.steps_per_epoch)
        if self.order[0] != epoch:
            self.order = (epoch, shuffled_indices(len(self.labels), self.recipe["seed"], epoch))
        size = self.recipe["batchSize"]
        chosen = self.order[1][position * size : (position + 1) * size]
        return self.to_tensor(self.images[chosen]), torch.from_numpy(self.labels[chosen].astype("int64"))

    def to_tensor(self, images):
        return torch.from_numpy(to_input(images, self.architecture, self.recipe["preprocessing"])).to(self.dtype)
