"""The steps that change what others see: push, promote, prune."""

from cicd.steps.promote import promote_image
from cicd.steps.prune import prune_registries
from cicd.steps.pushing import push_images

__all__ = ["promote_image", "prune_registries", "push_images"]
