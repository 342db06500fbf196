import django.db.models.deletion
from django.db import migrations, models

import database.fields
from database.operations import AppendOnly, TenantWall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("exports", "0001_initial"),
        ("incidents", "0001_initial"),
        ("installations", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="exportjob",
            name="configuration",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="installations.configuration",
            ),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="installation",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="jobs",
                to="installations.installation",
            ),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="incident",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="incidents.incident",
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="needs",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="needed_by",
                to="exports.posting",
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="record",
            name="job",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="records",
                to="exports.exportjob",
            ),
        ),
        migrations.AddField(
            model_name="record",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="record",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="exports.record",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="job",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="exports.exportjob",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="record",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="report",
                to="exports.record",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="job",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="submissions",
                to="exports.exportjob",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="submissionposting",
            name="posting",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="submissions",
                to="exports.posting",
            ),
        ),
        migrations.AddField(
            model_name="submissionposting",
            name="submission",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="elements",
                to="exports.submission",
            ),
        ),
        migrations.AddField(
            model_name="submissionposting",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.UniqueConstraint(
                fields=("tenant", "installation", "external_id"), name="one_row_an_export_job"
            ),
        ),
        migrations.AddConstraint(
            model_name="record",
            constraint=models.UniqueConstraint(fields=("tenant", "job", "entry"), name="one_record_an_entry_and_job"),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.UniqueConstraint(
                fields=("tenant", "books", "entry", "part", "revision"), name="one_posting_a_part"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(condition=models.Q(("told_at", None)), fields=["job"], name="untold"),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("state__in", ["sending", "uncertain"])),
                fields=["job", "created_at"],
                name="open_submissions",
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionposting",
            constraint=models.UniqueConstraint(
                fields=("tenant", "submission", "posting"), name="a_posting_once_a_submission"
            ),
        ),
        TenantWall("ExportJob"),
        TenantWall("Record"),
        TenantWall("Posting"),
        TenantWall("Submission"),
        TenantWall("SubmissionPosting"),
        TenantWall("Report"),
        AppendOnly("Record"),
    ]
