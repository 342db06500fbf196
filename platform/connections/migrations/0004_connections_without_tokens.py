from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("connections", "0003_tokens_to_authorisations")]

    operations = [
        migrations.RemoveField(model_name="connection", name="sealed_tokens"),
        migrations.RemoveField(model_name="connection", name="tokens_version"),
        migrations.RemoveField(model_name="connection", name="tokens_expire_at"),
    ]
