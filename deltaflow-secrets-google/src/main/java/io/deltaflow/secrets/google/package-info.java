/** Secrets that options name, read from Google Secret Manager. */
package io.deltaflow.secrets.google;
