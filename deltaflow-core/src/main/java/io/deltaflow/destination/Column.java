package io.deltaflow.destination;

import java.io.Serializable;

/**
 * One column of the load files and of the target.
 *
 * @param field the source's name
 * @param name the target's name
 * @param loadName the name in load files and staging: letters, digits and underscores, such as
 *     {@code c0}
 * @param required whether NULL is refused
 */
public record Column(String field, String name, String loadName, ColumnType type, boolean required)
    implements Serializable {}
