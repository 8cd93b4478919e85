"""Training steps with the same initial weights, batches and dropout masks as our backends."""

import torch
import torch.nn.functional as F

from .architecture import build
from .dropout import set_step
from .fashion_mnist import read_split, to_input
from .philox import shuffled_indices
from .recipe import learning_rate_at, make_optimizer

# Our names of what torch's optimizers remember of each parameter.
STATE_NAMES = {"momentum_buffer": "velocity", "exp_avg": "moment1", "exp_avg_sq": "moment2"}


class Run:
    """One training run on the first `limit` images of Fashion-MNIST."""

    def __init__(self, architecture, recipe, folder, dtype, limit=None):
        self.architecture = architecture
        self.recipe = recipe
        self.dtype = dtype
        self.images, self.labels = read_split(folder, "train", limit)
        self.network = build(architecture).to(dtype)
        self.optimizer = make_optimizer(recipe, self.network.parameters())
        self.next_step = 0
        self.order = (None, None)

    def write_parameters(self, tensors):
        """Replaces all parameters; `tensors` may also hold an optimizer's state."""
        names = [name for name, _ in self.network.named_parameters()]
        self.network.load_state_dict({name: tensors[name].to(self.dtype) for name in names})

    def parameters(self):
        """A copy of the parameters by name."""
        return {name: parameter.detach().clone() for name, parameter in self.network.named_parameters()}

    def state(self):
        """A copy of the parameters and of the optimizer's state, as `velocity.net.0.0.weight`."""
        tensors = self.parameters()
        for name, parameter in self.network.named_parameters():
            for key, prefix in STATE_NAMES.items():
                value = self.optimizer.state.get(parameter, {}).get(key)
                if value is not None:
                    tensors[f"{prefix}.{name}"] = value.detach().clone()
        return tensors

    def write_state(self, tensors, step):
        """Continues from a saved `state` after `step` steps."""
        self.write_parameters(tensors)
        self.next_step = step
        for name, parameter in self.network.named_parameters():
            state = self.optimizer.state[parameter]
            for key, prefix in STATE_NAMES.items():
                if f"{prefix}.{name}" in tensors:
                    state[key] = tensors[f"{prefix}.{name}"].to(self.dtype).clone()
            if "exp_avg" in state:
                state["step"] = torch.tensor(float(step))

    def step(self):
        """One step on the run's next batch, dropout on. Returns the batch's mean loss."""
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
