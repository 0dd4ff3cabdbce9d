# How many milliseconds .NET needs to build the chains of a set of certificates.
#   pwsh -NoProfile -File chains.ps1 FOLDER
# FOLDER has roots, intermediates and leaves, a DER file each. The loop is
# compiled, and some chains are built first, so that only the work is measured.
param([Parameter(Mandatory)] [string] $Folder)
$ErrorActionPreference = 'Stop'
Add-Type -TypeDefinition @'
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography.X509Certificates;

public static class Chains
{
    static X509Certificate2[] Read(string folder)
    {
        return Directory.GetFiles(folder).Select(file => X509CertificateLoader.LoadCertificateFromFile(file)).ToArray();
    }

    static int Build(X509Certificate2[] leaves, X509Certificate2[] intermediates, X509Certificate2[] roots)
    {
        X509ChainPolicy policy = new X509ChainPolicy();
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        foreach (X509Certificate2 root in roots) { policy.CustomTrustStore.Add(root); }
        foreach (X509Certificate2 ca in intermediates) { policy.ExtraStore.Add(ca); }
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.VerificationTime = new DateTime(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);
        policy.DisableCertificateDownloads = true;
        int good = 0;
        foreach (X509Certificate2 leaf in leaves)
        {
            using (X509Chain chain = new X509Chain())
            {
                chain.ChainPolicy = policy;
                if (chain.Build(leaf)) { good++; }
            }
        }
        return good;
    }

    public static double Measure(string folder)
    {
        X509Certificate2[] roots = Read(Path.Combine(folder, "roots"));
        X509Certificate2[] intermediates = Read(Path.Combine(folder, "intermediates"));
        X509Certificate2[] leaves = Read(Path.Combine(folder, "leaves"));
        Build(leaves.Take(200).ToArray(), intermediates, roots);
        Stopwatch watch = Stopwatch.StartNew();
        int good = Build(leaves, intermediates, roots);
        double took = watch.Elapsed.TotalMilliseconds;
        if (good != leaves.Length) { throw new Exception(good + " of " + leaves.Length + " chains were built"); }
        return took;
    }
}
'@
[Chains]::Measure($Folder).ToString([cultureinfo]::InvariantCulture)
