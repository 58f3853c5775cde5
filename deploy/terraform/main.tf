locals {
  labels = merge({ app = "deltaflow" }, var.labels)

  destination_datasets = { for d in var.destination_datasets : "${d.project}.${d.dataset}" => d }
  source_datasets      = { for d in var.source_datasets : "${d.project}.${d.dataset}" => d }
  scheduled            = { for name, sync in var.syncs : name => sync if sync.schedule != null }

  # What a worker needs in the project that the jobs run in.
  worker_roles = toset(concat(
    ["roles/dataflow.worker", "roles/bigquery.jobUser"],
    length(var.source_datasets) > 0 ? ["roles/bigquery.readSessionUser"] : [],
    var.cloud_sql ? ["roles/cloudsql.client", "roles/cloudsql.instanceUser"] : [],
  ))
}

resource "google_project_service" "needed" {
  for_each = toset(concat(var.cloud_sql ? ["sqladmin.googleapis.com"] : [], [
    "bigquery.googleapis.com",
    "bigquerystorage.googleapis.com",
    "cloudscheduler.googleapis.com",
    "compute.googleapis.com",
    "dataflow.googleapis.com",
    "monitoring.googleapis.com",
    "secretmanager.googleapis.com",
    "storage.googleapis.com",
  ]))

  project            = var.project
  service            = each.value
  disable_on_destroy = false
}

# The jobs run as this one.
resource "google_service_account" "worker" {
  project      = var.project
  account_id   = "${var.name}-worker"
  display_name = "DeltaFlow's jobs"
}

# The schedule launches jobs as this one.
resource "google_service_account" "launcher" {
  project      = var.project
  account_id   = "${var.name}-launcher"
  display_name = "DeltaFlow's schedules"
}

resource "google_storage_bucket" "temp" {
  project                     = var.project
  name                        = "${var.project}-${var.name}-temp"
  location                    = var.bucket_location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  labels                      = local.labels

  # Runs delete their own files; what a dead one leaves goes after a week. Staged jars stay.
  dynamic "lifecycle_rule" {
    for_each = length(var.syncs) > 0 ? [1] : []

    content {
      condition {
        age            = 7
        matches_prefix = [for name in keys(var.syncs) : "${name}/temp/"]
      }
      action {
        type = "Delete"
      }
    }
  }

  # Soft-deleted files would be paid for.
  soft_delete_policy {
    retention_duration_seconds = 0
  }
}

resource "google_project_iam_member" "worker" {
  for_each = local.worker_roles

  project = var.project
  role    = each.value
  member  = google_service_account.worker.member
}

resource "google_storage_bucket_iam_member" "worker_temp" {
  bucket = google_storage_bucket.temp.name
  role   = "roles/storage.objectUser"
  member = google_service_account.worker.member
}

# Beam asks whether the bucket is there.
resource "google_storage_bucket_iam_member" "worker_temp_bucket" {
  bucket = google_storage_bucket.temp.name
  role   = "roles/storage.legacyBucketReader"
  member = google_service_account.worker.member
}

resource "google_bigquery_dataset_iam_member" "worker_destination" {
  for_each = local.destination_datasets

  project    = each.value.project
  dataset_id = each.value.dataset
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.worker.member
}

resource "google_bigquery_dataset_iam_member" "worker_source" {
  for_each = local.source_datasets

  project    = each.value.project
  dataset_id = each.value.dataset
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.worker.member
}

resource "google_secret_manager_secret_iam_member" "worker" {
  for_each = var.secrets

  project   = split("/", each.value)[1]
  secret_id = split("/", each.value)[3]
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.worker.member
}

resource "google_artifact_registry_repository_iam_member" "worker" {
  count = var.image_repository == null ? 0 : 1

  project    = var.image_repository.project
  location   = var.image_repository.location
  repository = var.image_repository.name
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.worker.member
}

resource "google_project_iam_member" "launcher" {
  project = var.project
  role    = "roles/dataflow.developer"
  member  = google_service_account.launcher.member
}

resource "google_service_account_iam_member" "launcher_as_worker" {
  service_account_id = google_service_account.worker.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.launcher.member
}

resource "google_storage_bucket_iam_member" "launcher_template" {
  count = var.template_bucket == "" ? 0 : 1

  bucket = var.template_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.launcher.member
}
