variable "project" {
  description = "Project that the jobs run in."
  type        = string
}

variable "region" {
  description = "Region of the jobs, such as europe-west1; near the database."
  type        = string
}

variable "name" {
  description = "Begins the names of all that is made here."
  type        = string
  default     = "deltaflow"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,18}[a-z0-9]$", var.name))
    error_message = "4 to 20 lower-case letters, digits and dashes, beginning with a letter."
  }
}

variable "template" {
  description = "The template's file, gs://..., as made by 'gcloud dataflow flex-template build'."
  type        = string

  validation {
    condition     = startswith(var.template, "gs://")
    error_message = "The template is a file on Cloud Storage: gs://bucket/path.json."
  }
}

variable "template_bucket" {
  description = "Bucket of the template's file, for the right to read it; empty where that is granted elsewhere."
  type        = string
  default     = ""
}

variable "image_repository" {
  description = "Artifact Registry repository of the template's image; null where the right to read it is granted elsewhere."
  type = object({
    project  = string
    location = string
    name     = string
  })
  default = null
}

variable "bucket_location" {
  description = "Location of the bucket for temporary files: that of the destination's dataset, such as EU or europe-west1."
  type        = string
}

variable "destination_datasets" {
  description = "Datasets that the syncs write to: those of destination tables, and of destination_bigquery_state_dataset."
  type = set(object({
    project = string
    dataset = string
  }))
}

variable "source_datasets" {
  description = "Datasets that are read with data_source=bigquery."
  type = set(object({
    project = string
    dataset = string
  }))
  default = []
}

variable "secrets" {
  description = "Secrets that the syncs use: projects/P/secrets/S."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for s in var.secrets : can(regex("^projects/[^/]+/secrets/[^/]+$", s))])
    error_message = "Each is projects/PROJECT/secrets/SECRET, without a version."
  }
}

variable "cloud_sql" {
  description = "Whether databases are reached through the Cloud SQL connector."
  type        = bool
  default     = false
}

variable "subnetwork" {
  description = "Subnetwork of the workers, regions/R/subnetworks/S or its whole address; they get no public addresses."
  type        = string
}

variable "network_tags" {
  description = "Network tags of the workers, for the firewall rules that let them reach the database."
  type        = list(string)
  default     = []
}

variable "syncs" {
  description = <<-EOT
    The syncs, by name. parameters are the template's; schedule is in cron's format, null for none of its own;
    max_staleness_hours raises an alert when a scheduled sync has published nothing for so long, up to 23,
    which is as far as Cloud Monitoring looks back; null for none.
  EOT
  type = map(object({
    parameters          = map(string)
    schedule            = optional(string)
    time_zone           = optional(string, "Etc/UTC")
    max_workers         = optional(number, 4)
    machine_type        = optional(string, "n2-standard-2")
    paused              = optional(bool, false)
    max_staleness_hours = optional(number)
  }))

  validation {
    condition     = alltrue([for name, sync in var.syncs : can(regex("^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", name))])
    error_message = "A sync's name has up to 32 lower-case letters, digits and dashes, beginning with a letter: it is the job's name."
  }

  validation {
    condition = alltrue([
      for name, sync in var.syncs :
      sync.max_staleness_hours == null ? true : sync.max_staleness_hours >= 1 && sync.max_staleness_hours <= 23
    ])
    error_message = "max_staleness_hours is from 1 to 23."
  }

  validation {
    condition = alltrue(flatten([
      for name, sync in var.syncs : [
        for key, value in sync.parameters :
        startswith(value, "projects/") || !can(regex("(password|connection_string)$", key)) && !can(regex("-----BEGIN", value))
      ]
    ]))
    error_message = "Give secrets as projects/PROJECT/secrets/SECRET/versions/VERSION: parameters are kept in Terraform's state and shown with the job."
  }
}

variable "notification_channels" {
  description = "Cloud Monitoring notification channels of the alerts."
  type        = list(string)
  default     = []
}

variable "labels" {
  description = "Labels of all that takes labels."
  type        = map(string)
  default     = {}
}
