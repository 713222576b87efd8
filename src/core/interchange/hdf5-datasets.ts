/** Where vectors lie in an HDF5 file. */
export const featuresDataset = "image_features";
export const namesDataset = "image_filenames";
export const labelsDataset = "image_labels";

/** bytes of the numbers that are read or written at once */
export const bytesAtOnce: number = 2 ** 24;
