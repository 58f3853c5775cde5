# A job keeps its name: while one is running, Dataflow refuses the next, which is what a sync wants.
resource "google_cloud_scheduler_job" "sync" {
  for_each = local.scheduled

  project          = var.project
  region           = var.region
  name             = "${var.name}-${each.key}"
  description      = "Launches the DeltaFlow sync ${each.key}"
  schedule         = each.value.schedule
  time_zone        = each.value.time_zone
  paused           = each.value.paused
  attempt_deadline = "180s"

  # A launch that is refused because the last job is still running is not tried again; the next comes by schedule.
  retry_config {
    retry_count = 0
  }

  http_target {
    http_method = "POST"
    uri         = "https://dataflow.googleapis.com/v1b3/projects/${var.project}/locations/${var.region}/flexTemplates:launch"
    headers     = { "Content-Type" = "application/json" }
    body = base64encode(jsonencode({
      launchParameter = {
        jobName              = "${var.name}-${each.key}"
        containerSpecGcsPath = var.template
        parameters           = each.value.parameters
        environment = {
          serviceAccountEmail   = google_service_account.worker.email
          tempLocation          = "gs://${google_storage_bucket.temp.name}/${each.key}/temp"
          stagingLocation       = "gs://${google_storage_bucket.temp.name}/staging"
          subnetwork            = var.subnetwork
          ipConfiguration       = "WORKER_IP_PRIVATE"
          machineType           = each.value.machine_type
          maxWorkers            = each.value.max_workers
          additionalExperiments = length(var.network_tags) == 0 ? [] : ["use_network_tags=${join(";", var.network_tags)}", "use_network_tags_for_flex_templates=${join(";", var.network_tags)}"]
          additionalUserLabels  = merge(local.labels, { sync = each.key })
        }
      }
    }))

    oauth_token {
      service_account_email = google_service_account.launcher.email
      scope                 = "https://www.googleapis.com/auth/cloud-platform"
    }
  }

  depends_on = [
    google_project_service.needed,
    google_project_iam_member.launcher,
    google_service_account_iam_member.launcher_as_worker,
  ]
}
