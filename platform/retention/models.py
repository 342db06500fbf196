"""What was removed, day by day. No tenant's: it counts rows and names none."""

from django.db import models


class Round(models.Model):
    """One day's look through the rows of one rule. It goes on where it stopped: `reached` is how far it came."""

    rule = models.CharField(max_length=30)
    day = models.DateField()
    before = models.DateTimeField(null=True, help_text="What is older went. Empty: kept for ever.")
    reached = models.DateTimeField(null=True)
    removed = models.PositiveBigIntegerField(default=0)
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-day", "rule"]
        verbose_name = "rule of retention"
        verbose_name_plural = "rules of retention"
        constraints = [models.UniqueConstraint(fields=["rule", "day"], name="one_round_a_rule_and_day")]

    def __str__(self) -> str:
        return f"{self.rule} on {self.day}"
