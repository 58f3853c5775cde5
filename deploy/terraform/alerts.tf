resource "google_monitoring_alert_policy" "failed" {
  for_each = local.scheduled

  project               = var.project
  display_name          = "DeltaFlow: ${each.key} failed"
  combiner              = "OR"
  notification_channels = var.notification_channels
  user_labels           = local.labels

  documentation {
    content = "The job ${var.name}-${each.key} has failed. Nothing was published, and the next run reads the same window again. The last lines of the job's log say what to do."
  }

  conditions {
    display_name = "the job has failed"

    condition_threshold {
      filter          = "resource.type = \"dataflow_job\" AND resource.labels.job_name = \"${var.name}-${each.key}\" AND metric.type = \"dataflow.googleapis.com/job/is_failed\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_MAX"
        cross_series_reducer = "REDUCE_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  depends_on = [google_project_service.needed]
}

# Also when no job was launched at all: these are counted when a run publishes, and never before.
resource "google_monitoring_alert_policy" "stale" {
  for_each = { for name, sync in local.scheduled : name => sync if sync.max_staleness_hours != null }

  project               = var.project
  display_name          = "DeltaFlow: ${each.key} is stale"
  combiner              = "OR"
  notification_channels = var.notification_channels
  user_labels           = local.labels

  documentation {
    content = "The sync ${each.key} has published nothing for ${each.value.max_staleness_hours} hours."
  }

  conditions {
    display_name = "no run has published"

    condition_absent {
      filter   = "resource.type = \"dataflow_job\" AND resource.labels.job_name = \"${var.name}-${each.key}\" AND metric.type = \"dataflow.googleapis.com/job/user_counter\" AND metric.labels.metric_name = one_of(\"rows_inserted\", \"watermark_lag_seconds_MAX\")"
      duration = "${each.value.max_staleness_hours * 3600}s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_MAX"
        cross_series_reducer = "REDUCE_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  depends_on = [google_project_service.needed]
}
